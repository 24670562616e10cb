/**
 * Seals what a deployment puts into the cache of a data centre, so that another Worker of the same
 * zone cannot plant an entry. The key is derived from the signing keys of the deployment.
 */
import { decodeBase64Url, encodeBase64Url } from '../../../web/base64.ts'
import { toHex } from '../../../web/bytes.ts'
import { deriveMacKey } from '../../proofs/derive-key.ts'

const PURPOSE = 'edgemint trust layers v1'
const TAG_BYTES = 16
/** 32 bytes in base64url. */
const MAC_CHARACTERS = 43

export type Seal = {
  /** Names the key in the address of each entry. Deployments with other keys do not meet. */
  readonly tag: string
  /** Returns the text with its authentication code. `name` is part of what is authenticated. */
  readonly close: (name: string, text: string) => Promise<string>
  /** Returns the text; undefined if this deployment did not close it under this name. */
  readonly open: (name: string, sealed: string) => Promise<string | undefined>
}

/** Undefined if there is no signing key. */
export async function createSeal(
  signingKeys: readonly string[],
  issuer: string,
): Promise<Seal | undefined> {
  const key = await deriveMacKey(signingKeys, issuer, PURPOSE)
  if (key === undefined) return undefined
  const encoder = new TextEncoder()
  const bytesOf = (name: string, text: string) =>
    new Uint8Array(encoder.encode([name, text].join('\n')))
  const sign = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes))
  const tag = toHex((await sign(bytesOf('tag', ''))).subarray(0, TAG_BYTES))
  return {
    tag,
    async close(name, text) {
      return `${encodeBase64Url(await sign(bytesOf(name, text)))}${text}`
    },
    async open(name, sealed) {
      const text = sealed.slice(MAC_CHARACTERS)
      const mac = decodeMac(sealed.slice(0, MAC_CHARACTERS))
      if (mac === undefined) return undefined
      const isOurs = await crypto.subtle.verify('HMAC', key, mac, bytesOf(name, text))
      return isOurs ? text : undefined
    },
  }
}

function decodeMac(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return decodeBase64Url(text)
  } catch {
    return undefined
  }
}
