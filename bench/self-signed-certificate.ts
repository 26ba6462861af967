import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  text: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
};
/** ecdsa-with-SHA256, commonName, subjectAltName and basicConstraints, as DER encodes them. */
const OID = { ecdsa: '2a8648ce3d040302', name: '550403', altName: '551d11', constraints: '551d13' };
const DAY_MILLISECONDS = 24 * 3_600_000;

/** A certificate for `host` that signs itself, good for a day, and its private key; both in PEM. */
export function selfSignedCertificate(host: string): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, oid(OID.ecdsa));
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, oid(OID.name), der(TAG.text, host))));
  const extension = (id: string, value: Buffer) => der(TAG.sequence, oid(id), der(TAG.octets, value));
  const body = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, Buffer.of(1), randomBytes(8)),
    algorithm,
    name,
    der(TAG.sequence, utc(Date.now() - DAY_MILLISECONDS), utc(Date.now() + DAY_MILLISECONDS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      der(
        TAG.sequence,
        extension(OID.constraints, der(TAG.sequence, Buffer.of(0x01, 0x01, 0xff))),
        extension(OID.altName, der(TAG.sequence, der(0x82, host))),
      ),
    ),
  );
  const signature = der(TAG.bits, Buffer.of(0), sign('sha256', body, privateKey));
  const certificate = der(TAG.sequence, body, algorithm, signature);
  const lines = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, 'hex'));
}

/** `261122120000Z` */
function utc(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(TAG.time, text.slice(2));
}
