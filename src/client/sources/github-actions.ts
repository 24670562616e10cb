/**
 * GitHub Actions, and what speaks its protocol: GitHub Enterprise Server, Forgejo Actions, Depot CI.
 * The runner puts a URL and a token for it into the environment of a job that may ask.
 */
import { askPlatform, readMember, readRequired, readUrl } from './ask-platform.ts'
import { lookForVariables, type SourceRow } from './row.ts'

const NAME = 'github-actions'
const URL_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_URL'
const TOKEN_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'

export const GITHUB_ACTIONS: SourceRow = {
  name: NAME,
  look: (platform) =>
    lookForVariables(platform, [URL_VARIABLE, TOKEN_VARIABLE], {
      marker: 'GITHUB_ACTIONS',
      hint: 'the job needs permissions: id-token: write',
    }),
  async ask(platform, request) {
    const url = readUrl(NAME, platform, URL_VARIABLE, { audience: request.audience })
    const headers = { authorization: `bearer ${readRequired(NAME, platform, TOKEN_VARIABLE)}` }
    const { text } = await askPlatform(NAME, platform, { url, headers }, request)
    return readMember(NAME, text, 'value')
  },
}
