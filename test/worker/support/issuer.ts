/** Controls the dev issuer over HTTP. A test can have an issuer at its own path. */
import { inject } from 'vitest'

type MintOptions = {
  readonly provider?: string
  readonly audience?: string
  readonly claims?: Readonly<Record<string, unknown>>
  /** Not merged: a null here is null in the token. */
  readonly exact_claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly lifetime_seconds?: number
  readonly algorithm?: string
}

export type TestIssuer = {
  readonly url: string
  readonly mint: (options?: MintOptions) => Promise<string>
  readonly rotate: (options?: {
    readonly keep_old?: boolean
    readonly algorithms?: readonly string[]
  }) => Promise<void>
  /** A signature over the given text, and the kid of the key that made it. */
  readonly sign: (
    algorithm: string,
    text: string,
  ) => Promise<{ readonly kid: string; readonly token: string }>
  /** Publishes these keys in addition to the issuer's own, or in their place. */
  readonly publish: (publication: {
    readonly keys?: readonly unknown[]
    readonly only?: boolean
    readonly members?: object
    readonly form?: string
  }) => Promise<void>
  /** The current key set. This request is not counted as a fetch. */
  readonly keys: () => Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly behave: (how: Readonly<Record<string, string | null>>) => Promise<void>
  /** How often discovery and key set were fetched. */
  readonly requests: () => Promise<{ readonly discovery: number; readonly jwks: number }>
}

let count = 0

/**
 * A separate issuer with only ES256 keys, because creating RSA keys takes most of a test's time.
 */
export async function quickIssuer(): Promise<TestIssuer> {
  const issuer = newIssuer()
  await issuer.rotate({ algorithms: ['ES256'] })
  return issuer
}

/** A new issuer at its own path. */
export function newIssuer(): TestIssuer {
  count += 1
  const url = `${inject('devIssuer')}/t${crypto.randomUUID().slice(0, 8)}-${count}`
  let published: object = {}
  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (response.status !== 200) throw new Error(await response.text())
    return (await response.json()) as Record<string, unknown>
  }
  return {
    url,
    mint: async (options = {}) => {
      const request = { provider: 'github-actions', audience: 'https://sts.test', ...options }
      return String((await post('/mint', request)).token)
    },
    rotate: async (options = { keep_old: false }) => {
      await post('/rotate', options)
    },
    sign: async (algorithm, text) => {
      const { kid, token } = await post('/sign', { algorithm, text })
      return { kid: String(kid), token: String(token) }
    },
    publish: async (publication) => {
      published = publication
      await post('/publish', publication)
    },
    // A publish request returns the key set, so publishing the same keys again reads it.
    keys: async () => {
      const { keys } = await post('/publish', published)
      return keys as readonly Readonly<Record<string, unknown>>[]
    },
    behave: async (how) => {
      await post('/behave', how)
    },
    requests: async () => {
      const response = await fetch(`${url}/requests`)
      return (await response.json()) as { discovery: number; jwks: number }
    },
  }
}
