/** Calls an API from a job, a pod or a function that stores no secret. */
import { createTokenSource, detect, ExchangeError } from 'edgemint'

const { EDGEMINT_URL = 'https://sts.example.com', API_URL = 'https://api.example.com' } =
  process.env

const { source, reason } = await detect()
console.error(`subject token from ${source.name}: ${reason}`)

const tokens = createTokenSource({
  url: EDGEMINT_URL,
  resource: 'https://api.example.com',
  scopes: ['deploy:read'],
  source,
})

try {
  const { accessToken } = await tokens.getToken()
  const response = await fetch(`${API_URL}/deployments`, {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  console.log(response.status, await response.text())
} catch (error) {
  if (!(error instanceof ExchangeError)) throw error
  console.error(error.code, error.description, error.decisionId ?? '')
  process.exitCode = 1
} finally {
  await tokens.revoke()
}
