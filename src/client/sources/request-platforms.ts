/**
 * CI platforms that give a job a URL and a token for it: GitHub Actions, the platforms that use its
 * protocol (Enterprise Server, Forgejo, Depot), Azure DevOps and Codefresh.
 */
import { askPlatform, placeUrl, type Question, readMember } from './ask-platform.ts'
import { requireVariable, type SourceRow } from './row.ts'

type Row = Pick<SourceRow, 'name' | 'near'> & {
  readonly url: string
  readonly token: string
  readonly scheme: string
  readonly method: 'GET' | 'POST'
  /** The query parameters of a platform that does not accept an audience. */
  readonly fixed?: Readonly<Record<string, string>>
  /** The member of the response that contains the token. */
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
    // The audience is fixed: `api://AzureADTokenExchange`.
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
