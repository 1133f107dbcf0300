/** How Node says that the other side ended a connection in the middle of a call. */
export const connectionReset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
