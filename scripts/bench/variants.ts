/** The rows of `npm run bench`: one table. */
import type { GrantType, RuleShape, SigningAlgorithm, TokenSize } from './fixtures.ts'

type Outcome = 'granted' | 'denied' | 'once'

export type Variant = {
  readonly name: string
  readonly outcome: Outcome
  readonly algorithm: SigningAlgorithm
  readonly rules: number
  readonly shape: RuleShape
  readonly token: TokenSize
  /** `on`: each decision is stored behind its answer. `strict`: before it. */
  readonly decisionLog: 'off' | 'on' | 'strict'
  /** The floors always get a token exchange, because they read no other form. */
  readonly grantType: GrantType
  /** Each exchange has a DPoP proof of its own, which the floors verify too. */
  readonly hasProof?: true
  /** Whether a gateway with ten rules runs in turns with it as well. */
  readonly besideTen?: true
}

const USUAL = {
  outcome: 'granted',
  algorithm: 'ES256',
  rules: 10,
  shape: 'exact',
  token: 'ordinary',
  grantType: 'token exchange',
  decisionLog: 'on',
} as const

export const VARIANTS: readonly Variant[] = [
  { ...USUAL, name: 'granted, ES256, 10 rules' },
  { ...USUAL, name: 'granted, decision log off', decisionLog: 'off' },
  { ...USUAL, name: 'granted, audit: strict', decisionLog: 'strict' },
  { ...USUAL, name: 'granted, jwt-bearer, 10 rules', grantType: 'jwt-bearer' },
  { ...USUAL, name: 'granted, client_credentials, 10 rules', grantType: 'client_credentials' },
  { ...USUAL, name: 'granted, DPoP, 10 rules', hasProof: true },
  { ...USUAL, name: 'granted, ES256, 10,000 rules', rules: 10_000, besideTen: true },
  {
    ...USUAL,
    name: 'granted, ES256, 100,000 rules',
    rules: 100_000,
    shape: 'short',
    besideTen: true,
  },
  { ...USUAL, name: 'granted, Ed25519, 10 rules', algorithm: 'Ed25519' },
  { ...USUAL, name: 'granted, RS256, 10 rules', algorithm: 'RS256' },
  { ...USUAL, name: 'granted, token of 1 KB', token: '1 KB' },
  { ...USUAL, name: 'granted, token of 8 KB', token: '8 KB' },
  { ...USUAL, name: 'denied with explanation, 10 rules', outcome: 'denied' },
  {
    ...USUAL,
    name: 'denied with explanation, 10,000 rules',
    outcome: 'denied',
    rules: 10_000,
  },
  { ...USUAL, name: 'granted once (replay: once), 10 rules', outcome: 'once' },
  {
    ...USUAL,
    name: 'granted, 1,000 globs of one owner',
    rules: 1000,
    shape: 'globs of one owner',
  },
  {
    ...USUAL,
    name: 'granted, 10,000 globs of one owner',
    rules: 10_000,
    shape: 'globs of one owner',
  },
]
