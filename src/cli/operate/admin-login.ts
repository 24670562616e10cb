/**
 * `serve --admin-login`: sets `ADMIN_LOGIN` to an issuer on this machine. Without `BOOTSTRAP_TRUST`,
 * everyone of that issuer becomes an owner, so only issuers on loopback addresses are allowed.
 */
import type { SETTINGS } from '../../contract/settings.ts'
import { isLoopbackIssuer } from '../../web/issuer-url.ts'
import { usageFailure } from '../shell/failure.ts'
import type { Environment } from '../shell/io.ts'

/** The public client of the dev issuer. */
const CLIENT_ID = 'edgemint'
/** Longer than a trial lasts. The policy is made again at each start. */
const POLICY_DAYS = 30
const DAY_MILLISECONDS = 24 * 3600 * 1000

type LocalLogin = { readonly issuer: string | undefined; readonly localIssuers: boolean }

/** Returns the environment with the settings of the flag. Throws a usage failure. */
export function withAdminLogin(
  environment: Environment,
  { issuer, localIssuers }: LocalLogin,
): Environment {
  if (issuer === undefined) return environment
  const isSet = (name: keyof typeof SETTINGS) => (environment[name] ?? '').trim() !== ''
  if (!isLoopbackIssuer(issuer)) {
    const next = 'set ADMIN_LOGIN and BOOTSTRAP_TRUST for any other provider'
    throw usageFailure('--admin-login must be an http URL on a loopback address', next)
  }
  if (!localIssuers) throw usageFailure('--admin-login needs --local-issuers')
  if (isSet('ADMIN_LOGIN')) {
    throw usageFailure('--admin-login and ADMIN_LOGIN are both set: remove one')
  }
  const login = { issuer, client_id: CLIENT_ID, scopes: ['openid', 'email', 'offline_access'] }
  return {
    ...environment,
    ADMIN_LOGIN: JSON.stringify(login),
    ...(isSet('BOOTSTRAP_TRUST') ? {} : { BOOTSTRAP_TRUST: renderPolicy(issuer, environment) }),
  }
}

function renderPolicy(issuer: string, environment: Environment): string {
  // The ceiling of the deployment applies to the policy too. An invalid one is reported later.
  const ceiling = Number(environment.MAX_RULE_EXPIRY_DAYS)
  const days = ceiling > 0 && ceiling < POLICY_DAYS ? ceiling : POLICY_DAYS
  const expires = new Date(Date.now() + days * DAY_MILLISECONDS).toISOString().slice(0, 10)
  return JSON.stringify({
    issuers: { people: { provider: 'generic-oidc', issuer, audience: CLIENT_ID } },
    rules: [
      {
        name: 'local-people',
        owner: 'edgemint serve',
        expires,
        from: 'people',
        when: { sub: { exists: true } },
        grant: { scopes: ['owner'], lifetime: '1h' },
      },
    ],
  })
}
