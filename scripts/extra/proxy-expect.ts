/** What the API behind a proxy must have received, or that it received nothing. */
import { decodeJwt } from 'jose'
import type { Answer } from './proxy-client.ts'

export class Failed extends Error {}

export function expect(what: string, actual: unknown, wanted: unknown): void {
  const [found, meant] = [JSON.stringify(actual), JSON.stringify(wanted)]
  if (found !== meant) throw new Failed(`${what}: ${found} instead of ${meant}`)
}

const IDENTITY = ['subject', 'client-id', 'scope', 'expires-at', 'token-id'].map(
  (name) => `x-edgemint-${name}`,
)

const ACTOR = 'x-edgemint-actor'

function identityOf(token: string): readonly (readonly string[])[] {
  const { sub, client_id, scope, exp, jti } = decodeJwt(token)
  return [sub, client_id, scope, exp, jti].map((value) => [String(value)])
}

export function expectIdentity(
  answer: Pick<Answer, 'status' | 'received'>,
  token: string,
  status = 200,
) {
  expect('status', answer.status, status)
  const { received } = answer
  if (received === undefined) throw new Failed('the API was not reached')
  expect('identity', IDENTITY.map(received.header), identityOf(token))
  // Nobody acts for the subject. A proxy passes the empty header on, or leaves it out.
  expect('actor', received.header(ACTOR).join(), '')
  const ours = received.names.filter((name) => name.includes('edgemint') && name !== ACTOR)
  expect('headers of ours at the API', ours.toSorted(), IDENTITY.toSorted())
  expect('authorization at the API', received.header('authorization'), [])
}

export function expectRefusal(answer: Answer, status: number, challenge?: string): void {
  expect('status', answer.status, status)
  expect('whether the API was reached', answer.received !== undefined, false)
  if (challenge !== undefined) expect('challenge', answer.challenge, challenge)
}
