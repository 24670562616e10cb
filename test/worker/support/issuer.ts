/** The dev issuer as the Worker's tests use it: over HTTP, one path per test that wants its own. */
import { inject } from 'vitest'

type MintOptions = {
  readonly provider?: string
  readonly audience?: string
  readonly claims?: Readonly<Record<string, unknown>>
  /** Not merged: what is null here is null in the token. */
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
  /** A signature over a text of our own; the kid of the key that made it. */
  readonly sign: (
    algorithm: string,
    text: string,
  ) => Promise<{ readonly kid: string; readonly token: string }>
  /** Keys as given beside the issuer's own, or in their place. */
  readonly publish: (publication: {
    readonly keys?: readonly unknown[]
    readonly only?: boolean
    readonly members?: object
    readonly form?: string
  }) => Promise<void>
  /** What its key set holds now; not counted as a fetch. */
  readonly keys: () => Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly behave: (how: Readonly<Record<string, string | null>>) => Promise<void>
  /** Times that discovery and key set were fetched. */
  readonly requests: () => Promise<{ readonly discovery: number; readonly jwks: number }>
}

let count = 0

/** An issuer of its own whose only keys are ES256: making RSA keys is most of a test's time. */
export async function quickIssuer(): Promise<TestIssuer> {
  const issuer = newIssuer()
  await issuer.rotate({ algorithms: ['ES256'] })
  return issuer
}

/** An issuer nobody has spoken to yet, at a path of its own. */
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
    // Publishing answers with the key set, so publishing the same again reads it.
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
