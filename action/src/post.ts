/**
 * The post step, which runs after the job with any result: removes the files and revokes the token. A
 * failure is only a warning, because the job is done and the token expires anyway.
 */

import { retry } from '../../src/client/in-house.ts'
import { revoke } from '../../src/client/index.ts'
import { describeFailure } from './describe-failure.ts'
import { REVOKE_SECONDS } from './limits.ts'
import { removeAll } from './private-files.ts'
import { annotate, say } from './workflow-commands.ts'

try {
  await main()
} catch (error) {
  annotate('warning', describeFailure(error))
}

async function main(): Promise<void> {
  const failures = removeAll({ directory: readState('directory'), path: readState('path') })
  if (failures.length > 0) annotate('warning', failures)
  const [token, url] = [readState('token'), readState('url')]
  if (token === undefined || url === undefined) return
  try {
    await retry(() => revoke({ url, token }), { seconds: REVOKE_SECONDS })
    say('the token is revoked')
  } catch (error) {
    const [reason, ...more] = describeFailure(error)
    const expiry = 'it expires at the end of its lifetime'
    annotate('warning', [`the token was not revoked: ${reason}`, ...more, expiry])
  }
}

function readState(name: string): string | undefined {
  const value = process.env[`STATE_${name}`]
  return value === '' ? undefined : value
}
