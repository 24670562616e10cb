/** What a peer is: another program that takes a signed token and issues a signed token. */
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { GATEWAY_URL, type SigningAlgorithm } from '../fixtures.ts'
import type { Contestant } from '../rounds.ts'
import type { World } from '../world.ts'

export type Peer = {
  readonly name: string
  /** What it does in one exchange. */
  readonly work: string
  /** What it signs with. The gateway beside it does the same. */
  readonly algorithm: SigningAlgorithm
  /** How to get it, in one line. */
  readonly install: string
  /** The program or folder that was found. */
  readonly find: () => string | undefined
  readonly start: (found: string, world: World) => Promise<Omit<Contestant, 'name'>>
}

/** The environment variable's path, or the first of the names that is on PATH. */
export function findProgram(variable: string, names: readonly string[]): () => string | undefined {
  return () => {
    const configured = process.env[variable]
    if (configured !== undefined && configured !== '') {
      if (!isProgram(configured)) throw new Error(`${variable}: ${configured} cannot be run`)
      return configured
    }
    const folders = (process.env.PATH ?? '').split(delimiter)
    return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
  }
}

/** The environment variable's folder, when it has this path in it. */
export function findFolder(variable: string, inside: string): () => string | undefined {
  return () => {
    const configured = process.env[variable]
    if (configured === undefined || configured === '') return undefined
    if (existsSync(join(configured, inside))) return configured
    throw new Error(`${variable}: ${configured} has no ${inside}`)
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The client name that the peers know. */
export const CLIENT_ID = 'bench'

const ASSERTION_SECONDS = 600

/**
 * Client assertions (RFC 7523) as long as the tokens of the gateway, each with a `jti` of its own:
 * the peers accept an assertion once.
 */
export function mintAssertions(
  world: World,
  audience: string,
  count: number,
): Promise<readonly string[]> {
  const mint = () =>
    world.issuer.mint({
      provider: 'github-actions',
      audience,
      lifetimeSeconds: ASSERTION_SECONDS,
      exactClaims: { iss: CLIENT_ID, sub: CLIENT_ID },
    })
  return Promise.all(Array.from({ length: Math.ceil(count) }, mint))
}

/** A request of the client credentials grant with such an assertion. */
export function renderAssertionForm(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: CLIENT_ID,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope: 'deploy:read',
  }).toString()
}

/** Tokens as the gateway takes them, for peers that accept a token more than once. */
export function mintSubjectTokens(world: World, count: number): Promise<readonly string[]> {
  const mint = () =>
    world.issuer.mint({
      provider: 'github-actions',
      audience: GATEWAY_URL,
      lifetimeSeconds: 3600,
    })
  return Promise.all(Array.from({ length: count }, mint))
}
