import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createSystemd } from '../../../../../src/cli/operate/production/systemd.ts'
import { until } from '../../../support/serve.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-systemd-'))
const said = join(scratch, 'said')
const program = join(scratch, 'systemd-notify')
const { PATH } = process.env
// execFile looks for the program in the path of this process.
process.env.PATH = `${scratch}${delimiter}${PATH}`
afterEach(() => rmSync(said, { force: true }))
afterAll(() => {
  process.env.PATH = PATH
  rmSync(scratch, { recursive: true, force: true })
})

function install(lastLine: string): void {
  writeFileSync(program, `#!/bin/sh\necho "$@" >> '${said}'\n${lastLine}\n`)
  chmodSync(program, 0o755)
}

const read = () => (existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : [])

describe('messages to systemd', () => {
  it('say that the gateway is ready, works and stops', async () => {
    install('exit 0')
    const environment = { NOTIFY_SOCKET: '/run/none', WATCHDOG_USEC: '20000' }
    const systemd = createSystemd(
      environment,
      async () => true,
      () => {},
    )
    systemd.ready('at its address')
    await until(() => read().includes('WATCHDOG=1'))
    systemd.close()
    systemd.stopping()
    await until(() => read().includes('STOPPING=1'))
    expect(read()).toContain('READY=1 STATUS=at its address')
  })

  it('are not sent for the watchdog while workerd does not answer, or for another process', async () => {
    install('exit 0')
    const environment = { NOTIFY_SOCKET: '/run/none', WATCHDOG_USEC: '20000' }
    let asked = 0
    const ill = createSystemd(
      environment,
      async () => {
        asked += 1
        return false
      },
      () => {},
    )
    const other = createSystemd(
      { ...environment, WATCHDOG_PID: '1' },
      async () => true,
      () => {},
    )
    ill.ready('a')
    other.ready('b')
    await until(() => asked > 2 && read().length === 2)
    for (const systemd of [ill, other]) systemd.close()
    expect(read().filter((line) => line.startsWith('WATCHDOG'))).toEqual([])
  })

  it('are not sent without a socket, and one failure is told', async () => {
    install('exit 1')
    const failures: string[] = []
    createSystemd(
      {},
      async () => true,
      () => {},
    ).ready('a')
    const systemd = createSystemd(
      { NOTIFY_SOCKET: '/run/none' },
      async () => true,
      (message) => failures.push(message),
    )
    systemd.ready('b')
    systemd.stopping()
    await until(() => read().length === 2 && failures.length > 0)
    expect(read()).not.toContain('READY=1 STATUS=a')
    expect(failures).toEqual(['systemd-notify failed: install it, or use Type=exec in the unit'])
  })
})
