/**
 * Tests the SDK and the verifier on a runtime, as one program that every runtime can run. Tests
 * each token source, an exchange, a verification, a denial and a revocation. Prints the result of
 * each test as one line of JSON. Started by runtimes.ts.
 */
import {
  createTokenSource,
  detect,
  ExchangeError,
  exchange,
  findPlatform,
  fromCommand,
  fromFile,
  openSource,
  type SubjectTokenSource,
} from '../../dist/client/index.js'
import { createVerifier, VerificationError } from '../../dist/verify/index.js'

const { GATEWAY = '', SUBJECT_FILE = '', PRINT_TOKEN = '[]' } = findPlatform().environment
const RESOURCE = 'https://api.example.com'
const held: Record<string, boolean> = {}

async function getTokens(source: SubjectTokenSource) {
  const tokens = createTokenSource({ url: GATEWAY, resource: RESOURCE, source })
  const all = await Promise.all([tokens.getToken(), tokens.getToken()])
  return { tokens, all }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const isOurs = error instanceof ExchangeError || error instanceof VerificationError
  return isOurs ? error.code : 'none'
}

const verifier = createVerifier({ issuer: GATEWAY, audience: RESOURCE })

const detected = await detect()
held.detect = detected.source.name === 'variable'
const { tokens, all } = await getTokens(detected.source)
const [first, second] = all
held.share = first?.accessToken === second?.accessToken
held.verify = (await verifier.verify(first?.accessToken ?? '')).clientId === 'deploy'
held.refuse = (await codeOf(verifier.verify('a.b.c'))) === 'invalid_token'

for (const [name, source] of [
  ['file', fromFile(SUBJECT_FILE)],
  ['command', fromCommand(JSON.parse(PRINT_TOKEN) as [string, ...string[]])],
  ['socket', openSource('fly')],
  ['request', openSource('github-actions')],
] as const) {
  const got = await getTokens(source)
  held[name] = (await verifier.verify(got.all[0]?.accessToken ?? '')).clientId === 'deploy'
}

const bound = createTokenSource({
  ...{ url: GATEWAY, resource: RESOURCE, source: detected.source },
  bind: 'dpop',
})
const request = { method: 'POST', url: `${RESOURCE}/deployments?page=2` }
const credentials = await bound.authorize(request)
const sent = { ...request, headers: new Headers(credentials) }
held.bind = (await verifier.verifyRequest(sent)).clientId === 'deploy'
held.replay = (await codeOf(verifier.verifyRequest(sent))) === 'invalid_dpop_proof'
const authorization = credentials.authorization?.replace('DPoP', 'Bearer') ?? ''
const asBearer = { ...request, headers: new Headers({ authorization }) }
held.bearer = (await codeOf(verifier.verifyRequest(asBearer))) === 'invalid_token'

held.missing = (await codeOf(getTokens(fromFile(`${SUBJECT_FILE}.none`)))) === 'source_unavailable'
const denied = exchange({ url: GATEWAY, subjectToken: 'a.b.c', resource: RESOURCE })
held.denied = (await codeOf(denied)) === 'invalid_request'
await tokens.revoke()
held.revoke = (await tokens.getToken()).accessToken !== first?.accessToken

console.log(JSON.stringify(held))
