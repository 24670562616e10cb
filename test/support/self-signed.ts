/**
 * Makes a self-signed certificate for one host name in this process. Node makes the key and signs,
 * and this file writes the few bytes of X.509. The repository contains no key.
 */
import { generateKeyPairSync, sign } from 'node:crypto'

export type SelfSigned = { readonly certificate: string; readonly privateKey: string }

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

const hex = (text: string) => Buffer.from(text, 'hex')
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
const octets = (content: Uint8Array) => der(0x04, content)
const bits = (content: Uint8Array) => der(0x03, hex('00'), content)
const oid = (encoded: string) => der(0x06, hex(encoded))
const time = (text: string) => der(0x18, Buffer.from(text))

/**
 * Object identifiers: ecdsa-with-SHA256, commonName, basicConstraints, subjectAltName (RFC 5280,
 * RFC 5758).
 */
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'))
const IS_AUTHORITY = sequence(oid('551d13'), octets(sequence(hex('0101ff'))))
/** Valid from 2020 to 2099, or between two times such as `20260101000000Z`. */
export function makeSelfSigned(
  host = 'localhost',
  [from, to] = ['20200101000000Z', '20991231000000Z'],
): SelfSigned {
  const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(host)))))
  const forHost = sequence(oid('551d11'), octets(sequence(der(0x82, Buffer.from(host)))))
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const unsigned = sequence(
    der(0xa0, hex('020102')),
    hex('020101'),
    ECDSA_SHA256,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(IS_AUTHORITY, forHost)),
  )
  const signature = sign('sha256', unsigned, privateKey)
  const body = sequence(unsigned, ECDSA_SHA256, bits(signature)).toString('base64')
  const lines = body.match(/.{1,64}/g)?.join('\n')
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
