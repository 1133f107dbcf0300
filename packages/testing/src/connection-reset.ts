/** Node's error when the server closes a connection during a call. */
export const connectionReset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
