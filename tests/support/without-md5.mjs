// Imported before a program, it removes MD5 from node:crypto, as OpenSSL does in FIPS mode.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const { createHash, hash } = crypto;

function refuseMd5(name) {
  if (!/^md5$/i.test(name)) return;
  const text = 'error:0308010C:digital envelope routines::unsupported';
  throw Object.assign(new Error(text), { code: 'ERR_OSSL_EVP_UNSUPPORTED' });
}

crypto.createHash = (name, ...args) => {
  refuseMd5(name);
  return createHash(name, ...args);
};
crypto.hash = (name, ...args) => {
  refuseMd5(name);
  return hash(name, ...args);
};
syncBuiltinESMExports();
