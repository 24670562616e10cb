/** A job that calls the API of server.ts with a token that is bound to a key of this process. */
import { createTokenSource, detect, ExchangeError } from 'edgemint'

const { EDGEMINT_URL = 'https://sts.example.com', API_URL = 'https://api.example.com' } =
  process.env

const { source } = await detect()
const tokens = createTokenSource({
  url: EDGEMINT_URL,
  resource: 'https://api.example.com',
  scopes: ['deploy:read'],
  source,
  bind: 'dpop',
})

try {
  const response = await tokens.fetch(`${API_URL}/deployments`)
  console.log(response.status, await response.text())
} catch (error) {
  if (!(error instanceof ExchangeError)) throw error
  console.error(error.code, error.description, error.decisionId ?? '')
  process.exitCode = 1
} finally {
  await tokens.revoke()
}
