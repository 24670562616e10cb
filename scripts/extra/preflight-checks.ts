/**
 * Checks of CORS preflights behind every proxy: refused with the configurations as they are, and
 * forwarded to the API with the lines for CORS. Other requests without a token never pass.
 */
import { type Check, NO_TOKEN, SPOOFED } from './proxy-checks.ts'
import { type Sent, send } from './proxy-client.ts'
import { expect, expectIdentity, expectRefusal } from './proxy-expect.ts'

/** The headers of a browser before a request from a page of another origin. */
const QUESTION: Sent['headers'] = {
  origin: 'https://app.example.com:8443',
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization',
}

/** Check with the configuration as it is. */
export const NO_PREFLIGHT: Check = async ({ places }) => {
  expectRefusal(await send(places, { method: 'OPTIONS', headers: QUESTION }), 401, NO_TOKEN)
}

/** Check with the lines for CORS: only a preflight reaches the API without an identity. */
export const PREFLIGHT: Check = async ({ places }, world) => {
  const { received, status } = await send(places, {
    ...{ method: 'OPTIONS', path: '/deployments/7?x=1' },
    headers: { ...QUESTION, ...SPOOFED },
  })
  expect('status of a preflight', status, 200)
  expect(
    'preflight at the API',
    [received?.method, received?.url],
    ['OPTIONS', '/deployments/7?x=1'],
  )
  expect('its origin', received?.header('origin'), [QUESTION?.origin])
  expect(
    'edgemint headers',
    received?.names.filter((name) => name.includes('edgemint')),
    [],
  )
  const { origin, 'access-control-request-method': asked } = QUESTION as Record<string, string>
  const near: readonly Sent[] = [
    ...['GET', 'POST', 'HEAD', 'DELETE'].map((method) => ({ method, headers: QUESTION })),
    { method: 'OPTIONS' },
    { method: 'OPTIONS', headers: { origin: origin ?? '' } },
    { method: 'OPTIONS', headers: { 'access-control-request-method': asked ?? '' } },
    { method: 'OPTIONS', headers: { ...QUESTION, authorization: 'Bearer x' } },
    { method: 'OPTIONS', headers: { ...QUESTION, authorization: 'Basic eDp5' } },
    { method: 'OPTIONS', headers: { ...QUESTION, authorization: 'a 1 1 0' } },
    { headers: { ...QUESTION, 'x-http-method-override': 'OPTIONS' } },
  ].map((sent) => sent as Sent)
  for (const sent of near) expectRefusal(await send(places, sent), 401)
  const token = await world.newToken()
  expectIdentity(await send(places, { token, headers: QUESTION }), token)
}
