/**
 * GitHub Actions with other issuers than the shared one: an enterprise with its own issuer on
 * github.com or ghe.com, and GitHub Enterprise Server. The claims are the same as on github.com.
 */
import { githubActions } from './github-actions.ts'
import type { ProviderProfile } from './profile.ts'

export const githubActionsEnterprise: ProviderProfile = {
  ...githubActions,
  id: 'github-actions-enterprise',
  name: 'GitHub Actions with an enterprise issuer',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/token\.actions\.(?:githubusercontent\.com\/(?<enterprise>[A-Za-z0-9][A-Za-z0-9-]*)|(?<subdomain>[a-z0-9][a-z0-9-]*)\.ghe\.com(?:\/(?<slug>[A-Za-z0-9][A-Za-z0-9-]*))?)$/,
    example: 'https://token.actions.githubusercontent.com/octo-enterprise',
  },
  hasTwoSubjectFormats: false,
}

/** Only github.com and ghe.com document `check_run_id`. */
const { job: _job, ...sharedWithServer } = githubActions

/** The server has only the older subject format, and old servers do not escape its parts. */
export const githubEnterpriseServer: ProviderProfile = {
  ...sharedWithServer,
  id: 'github-enterprise-server',
  name: 'GitHub Enterprise Server',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)\/_services\/token$/,
    example: 'https://github.example.com/_services/token',
  },
  hasTwoSubjectFormats: false,
  sharedAudiences: ['https://{host}/{owner}'],
}
