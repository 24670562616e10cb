/**
 * Mutants that add forbidden output where no test asserts it. These test files check other things,
 * so only the canary of the suite (`test/support/canary`) can notice.
 */
import { type Mutant, mutant } from './mutant.ts'

const route = mutant('src/worker/routes/token.ts', 'worker', 'test/worker/http/rate-limits')
const replayKeys = mutant(
  'src/core/evidence/replay-key.ts',
  'worker',
  'test/worker/routes/token.issues',
)
const exchange = mutant(
  'src/core/endpoint/steps/choose-issuer.ts',
  'core',
  'test/core/endpoint/token-endpoint.issues',
)
const composition = mutant('src/worker/compose.ts', 'worker', 'test/worker/routes/lifecycle')

export const CANARY_MUTANTS: readonly Mutant[] = [
  route(
    'LOG-01 canary: a line of debugging',
    '        gateway.records.add(event, background)\n',
    '        gateway.records.add(event, background)\n        console.log(JSON.stringify(input))\n',
  ),
  route(
    'LOG-01 canary: a field of an answer',
    'return respond(tellRatePolicy(await exchangeFor(c, input, startedAt), c.env))',
    "const answer = respond(tellRatePolicy(await exchangeFor(c, input, startedAt), c.env))\n  answer.headers.set('x-form', String(body.text))\n  return answer",
  ),
  replayKeys(
    'LOG-01 canary: a stored token',
    'return sha256(JSON.stringify([issuer, ...token, resource ?? null]))',
    'return (await sha256(JSON.stringify([issuer, ...token, resource ?? null]))) + raw',
  ),
  exchange(
    'LOG-01 canary: a field of the audit event',
    'facts.issuer = issuer.name',
    'facts.issuer = issuer.name\n  facts.part = token.raw',
  ),
  composition(
    'KEY-12 canary: settings that are logged',
    'const keys = await loadKeys(env)',
    'const keys = await loadKeys(env)\n  console.log(JSON.stringify([env]))',
  ),
]
