/** Why a token that the gateway has just issued does not verify with its published keys. */
import type { PublicKeyRing } from '../../../core/tokens/own-token.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { readTokenFacts } from './subject-facts.ts'

export type Cause = { readonly message: string; readonly hint: string }

const CLOCK_HINT = 'check the step clock of edgemint doctor: sudo timedatectl set-ntp true'

/** `at` is in epoch seconds. The token is not proven, so its values only select a sentence. */
export function explainInvalidToken(
  token: string,
  { keys }: PublicKeyRing,
  issuer: string,
  at: number,
): Cause {
  const facts = readTokenFacts(token)
  if (keys.length === 0) {
    return {
      message: `${PATHS.jwks} has no keys, so the issued token cannot be verified`,
      hint: 'a server in front of the gateway may have answered: let requests to this path pass',
    }
  }
  if (facts?.kid !== undefined && !keys.some(({ keyId }) => keyId === facts.kid)) {
    return {
      message: `the issued token is signed with the key ${facts.kid}, which ${PATHS.jwks} does not have`,
      hint: 'give every gateway behind this URL the same SIGNING_KEY_ secrets, and let no cache in front keep the key set for longer than its Cache-Control',
    }
  }
  if (facts?.iss !== undefined && facts.iss !== issuer) {
    return {
      message: `the issuer of the issued token is ${facts.iss}, not ${issuer}`,
      hint: `use --url ${facts.iss}, or set ISSUER of the gateway to ${issuer}`,
    }
  }
  if (facts?.exp !== undefined && facts.exp <= at) {
    const seconds = at - facts.exp
    return {
      message: `the issued token expired ${seconds} seconds ago by the clock of this machine`,
      hint: CLOCK_HINT,
    }
  }
  if (facts?.nbf !== undefined && facts.nbf > at) {
    const seconds = facts.nbf - at
    return {
      message: `the issued token is valid in ${seconds} seconds by the clock of this machine`,
      hint: CLOCK_HINT,
    }
  }
  return {
    message: `the issued token is not valid with the keys of ${PATHS.jwks}`,
    hint: 'compare the keys of every gateway behind this URL: npx edgemint keys check --help',
  }
}
