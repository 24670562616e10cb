/** Tokens that descend from others, and actor tokens, for the vectors. */
import { MAX_ACTORS, MAX_TOKEN_ANCESTORS } from '../../src/core/policy/actors/limits.ts'
import { AUDIENCE, type Minter, narrowForm, type Tokens } from './vectors.ts'

/** Makes the tokens that descend from a token of the rule `deploy`. */
export async function makeDescendants(
  issued: string,
  exchange: (form: Readonly<Record<string, string>>) => Promise<string>,
  mintActor: (sub: string) => Promise<string>,
): Promise<Pick<Tokens, 'last' | 'moved' | 'acted'>> {
  let last = issued
  for (let count = 0; count < MAX_TOKEN_ANCESTORS; count += 1) {
    last = await exchange(narrowForm(last))
  }
  let acted = issued
  for (let count = 0; count < MAX_ACTORS; count += 1) {
    const actor_token = await mintActor(`agent-${count}`)
    const actor_token_type = 'urn:ietf:params:oauth:token-type:jwt'
    acted = await exchange({ ...narrowForm(acted), actor_token, actor_token_type })
  }
  return { last, acted, moved: await exchange(narrowForm(issued, 'https://other.example.com')) }
}

/** Mints a valid actor token. */
export function mintActor(issuer: Minter, sub: string, gateway = AUDIENCE): Promise<string> {
  const options = { provider: 'github-actions', audience: gateway, claims: { sub } } as const
  return issuer.mint(options, 'idp')
}
