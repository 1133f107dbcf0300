/** Node's error when the other side ends a connection in the middle of a call. */
export const connectionReset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
