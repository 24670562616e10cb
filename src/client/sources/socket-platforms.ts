/** Platforms whose machines have a local API socket: Fly.io, and the cloud agents of Cursor. */
import { parseObject } from '../exchange/exchange-error.ts'
import { checkStatus, readMember } from './ask-platform.ts'
import { readVariable, SourceFault, type SourceRow } from './row.ts'

type Row = readonly [
  name: string,
  any: readonly string[],
  /** The variable that sets another path for the socket. */
  variable: string,
  socketPath: string,
]

const ROWS: readonly Row[] = [
  ['fly', ['FLY_MACHINE_ID', 'FLY_APP_NAME'], 'EDGEMINT_FLY_SOCKET', '/.fly/api'],
  ['cursor', ['CURSOR_AGENT_SOCKET'], 'CURSOR_AGENT_SOCKET', '/run/cursor/api.sock'],
]

export const SOCKET_ROWS: readonly SourceRow[] = ROWS.map(([name, any, variable, socketPath]) => ({
  name,
  any,
  async ask(platform, { audience, signal }) {
    const { status, text } = await platform.postToSocket({
      socketPath: readVariable(platform, variable) ?? socketPath,
      path: '/v1/tokens/oidc',
      body: JSON.stringify({ aud: audience }),
      signal,
    })
    checkStatus(status)
    if (!text.trim()) throw new SourceFault('returned no token', true)
    // Fly returns only the token. A JSON response contains it in this member.
    return parseObject(text) ? readMember({ text }, 'token') : text
  },
}))
