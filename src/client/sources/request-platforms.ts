/**
 * CI platforms that put a URL, and a token for it, into the environment of a job: GitHub Actions
 * with all that speak its protocol (Enterprise Server, Forgejo, Depot), Azure DevOps, Codefresh.
 */
import { askPlatform, placeUrl, type Question, readMember } from './ask-platform.ts'
import { requireVariable, type SourceRow } from './row.ts'

type Row = Pick<SourceRow, 'name' | 'near'> & {
  readonly url: string
  readonly token: string
  readonly scheme: string
  readonly method: 'GET' | 'POST'
  /** The parameters, where the audience is not one. */
  readonly fixed?: Readonly<Record<string, string>>
  /** Where in the answer the token is. */
  readonly member: string
}

const ROWS: readonly Row[] = [
  {
    name: 'github-actions',
    near: ['GITHUB_ACTIONS', 'the job needs permissions: id-token: write'],
    url: 'ACTIONS_ID_TOKEN_REQUEST_URL',
    token: 'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    scheme: 'bearer ',
    method: 'GET',
    member: 'value',
  },
  {
    name: 'azure-devops',
    near: ['TF_BUILD', 'the step needs env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)'],
    url: 'SYSTEM_OIDCREQUESTURI',
    token: 'SYSTEM_ACCESSTOKEN',
    scheme: 'Bearer ',
    method: 'POST',
    // The audience cannot be chosen: it is `api://AzureADTokenExchange`.
    fixed: { 'api-version': '7.1' },
    member: 'oidcToken',
  },
  {
    name: 'codefresh',
    url: 'CF_OIDC_REQUEST_URL',
    token: 'CF_OIDC_REQUEST_TOKEN',
    scheme: '',
    method: 'GET',
    member: 'id_token',
  },
]

export const REQUEST_ROWS: readonly SourceRow[] = ROWS.map(
  ({ url, token, scheme, method, fixed, member, ...rest }) => ({
    ...rest,
    all: [url, token],
    async ask(platform, request) {
      const { audience } = request
      const authorization = scheme + requireVariable(platform, token)
      const question: Question = {
        url: placeUrl(url, requireVariable(platform, url), fixed ?? { audience }),
        headers: { authorization, 'content-type': 'application/json' },
        method,
      }
      return readMember(await askPlatform(platform, request, question), member)
    },
  }),
)
