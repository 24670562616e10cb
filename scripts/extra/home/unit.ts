/**
 * `deploy/edgemint.service`: run by systemd where it runs, else by this process, which does what
 * systemd would do with the lines of the unit: credentials, environment, user, capabilities, messages
 * of readiness and of the watchdog, signals, restart. System calls that the unit's filter refuses
 * fail with EPERM by `strace`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findTool } from '../proxies.ts'
import { expect, NotHere, type Step, until } from './check.ts'
import { exchange, sendTo } from './clients.ts'
import { type Home, ISSUER, makeHome } from './world.ts'

const FILE = join(import.meta.dirname, '../../../deploy/edgemint.service')
const DIST = join(import.meta.dirname, '../../../dist')
const NOBODY = 65_534
const STATE = '/var/lib/edgemint'

export const UNIT: readonly Step[] = [
  { name: 'the unit, by systemd-run', run: runBySystemd },
  { name: 'the unit, supervised', run: supervise },
]

type Setting = readonly [name: string, value: string]

/** The settings of `[Service]` in their order. */
function readUnit(text: string): readonly Setting[] {
  const [, service = ''] = /\[Service\]\n([\s\S]*?)\n\[Install\]/.exec(text) ?? []
  return service
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
}

/** The unit with the paths of this run. */
function placeUnit(home: Home): string {
  return readFileSync(FILE, 'utf8')
    .replaceAll('/usr/bin/node', process.execPath)
    .replaceAll('/opt/edgemint/node_modules/edgemint/dist', DIST)
    .replaceAll('WorkingDirectory=/opt/edgemint', `WorkingDirectory=${home.folder}`)
    .replaceAll('/etc/edgemint/edgemint.env', join(home.folder, 'edgemint.env'))
    .replaceAll('/etc/edgemint/signing-key-2026-11.json', home.keyFile)
    .replaceAll('--port 8787', '--port 0')
}

function valuesOf(settings: readonly Setting[], name: string): readonly string[] {
  return settings.filter(([own]) => own === name).map(([, value]) => value)
}

async function runBySystemd(scratch: string): Promise<string> {
  if (!existsSync('/run/systemd/system')) throw new NotHere('systemd does not run here')
  const home = await makeHome(join(scratch, 'systemd'))
  writeFileSync(join(home.folder, 'edgemint.env'), environmentFile(home))
  const settings = readUnit(placeUnit(home)).filter(([name]) => name !== 'ExecStart')
  const [command = ''] = valuesOf(readUnit(placeUnit(home)), 'ExecStart')
  const own = new Set(['User', 'Group', 'EnvironmentFile', 'ExecReload', 'StateDirectory'])
  const properties = settings.filter(([name]) => !own.has(name))
  const name = `edgemint-check-${process.pid}`
  // A user of its own for this run, because the machine has no user `edgemint`.
  const args = [
    ...properties.map(([key, value]) => `--property=${key}=${value}`),
    '--property=DynamicUser=yes',
    `--property=StateDirectory=${name}`,
    `--property=EnvironmentFile=${join(home.folder, 'edgemint.env')}`,
    `--unit=${name}`,
    ...command.replaceAll(STATE, `/var/lib/private/${name}`).split(' '),
  ]
  // Type=notify: systemd-run returns when the gateway is ready.
  execFileSync('systemd-run', args, { stdio: 'pipe' })
  execFileSync('systemctl', ['stop', name], { stdio: 'pipe' })
  const said = execFileSync('journalctl', ['-u', name, '-o', 'cat']).toString()
  expect(said.includes('"event":"stopped"'), `the gateway did not stop by itself: ${said}`)
  return 'ready, and stopped'
}

function environmentFile({ environment }: Home): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('')
}

async function supervise(scratch: string): Promise<string> {
  if (process.getuid?.() !== 0) throw new NotHere('only root can run a service as another user')
  for (const tool of ['setpriv', 'systemd-notify', 'python3', 'strace']) {
    if (!findTool(tool)) throw new NotHere(`${tool} is not installed`)
  }
  const home = await makeHome(join(scratch, 'unit'))
  chmodSync(scratch, 0o755)
  const unit = placeUnit(home)
  const unitFile = join(home.folder, 'edgemint.service')
  writeFileSync(
    unitFile,
    unit.replace(/^User=.*/m, 'User=nobody').replace(/^Group=.*/m, 'Group=nogroup'),
  )
  execFileSync('systemd-analyze', ['verify', unitFile], { stdio: 'pipe' })
  const settings = readUnit(unit)
  const notices = await listenForNotices(join(home.folder, 'notify'))
  const filter = readFilter(settings)
  let service = await startService(home, settings, { notices, filter })
  try {
    await exchangeAt(home, service)
    await until('a message for the watchdog', () => notices.has('WATCHDOG=1'))
    // Restart=on-failure: a gateway that was killed is started again on its state.
    expect(valuesOf(settings, 'Restart')[0] === 'on-failure', 'the unit does not restart')
    process.kill(service.pid, 'SIGKILL')
    await service.ended
    notices.clear()
    service = await startService(home, settings, { notices, filter })
    await exchangeAt(home, service)
    // KillMode=mixed: only the main process gets the signal.
    process.kill(service.pid, 'SIGTERM')
    const code = await service.ended
    expect(code === 0, `the gateway ended with ${code}: ${service.said()}`)
    expect(notices.has('STOPPING=1'), 'systemd was not told of the stop')
    const [last] = service.said().trim().split('\n').slice(-1)
    expect(last?.includes('"lostDecisions":0') === true, `the last line is ${last}`)
  } finally {
    // strace is the child, and would let go of the gateway.
    if (service.process.exitCode === null) process.kill(service.pid, 'SIGKILL')
    notices.close()
  }
  return `ready, watched, restarted and stopped, with ${filter.length} system calls refused`
}

async function exchangeAt(home: Home, { url }: { readonly url: string }): Promise<void> {
  const { status } = await exchange(sendTo(url), await home.mintAdmin(), ISSUER)
  expect(status === 200, `the service answers ${status}`)
}

type Notices = {
  readonly path: string
  readonly has: (message: string) => boolean
  readonly clear: () => void
  readonly close: () => void
}

const LISTENER = `
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
print('listening', flush=True)
while True:
    message, files, _, _ = socket.recv_fds(listener, 4096, 8)
    for file in files:
        os.close(file)
    print(message.decode(), flush=True)
`

/** Receives what systemd would receive. A closed descriptor ends the barrier of systemd-notify. */
async function listenForNotices(path: string): Promise<Notices> {
  const listener = spawn('python3', ['-c', LISTENER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const got = new Set<string>()
  createInterface({ input: listener.stdout }).on('line', (line) => got.add(line))
  await until('the listener', () => got.has('listening'))
  return {
    path,
    has: (message) => got.has(message),
    clear: () => got.clear(),
    close: () => listener.kill(),
  }
}

type Service = {
  readonly process: ChildProcess
  readonly pid: number
  readonly url: string
  readonly said: () => string
  readonly ended: Promise<number | null>
}

async function startService(
  home: Home,
  settings: readonly Setting[],
  { notices, filter }: { readonly notices: Notices; readonly filter: readonly string[] },
): Promise<Service> {
  const credentials = join(home.folder, 'credentials')
  mkdirSync(credentials, { recursive: true })
  for (const credential of valuesOf(settings, 'LoadCredential')) {
    const [name = '', source = ''] = credential.split(':')
    copyFileSync(source, join(credentials, name))
    chownSync(join(credentials, name), NOBODY, NOBODY)
    // systemd gives the user an entry of the access list, which shows as rights of the group.
    chmodSync(join(credentials, name), 0o440)
  }
  mkdirSync(home.state, { recursive: true, mode: 0o700 })
  chownSync(home.state, NOBODY, NOBODY)
  const [command = ''] = valuesOf(settings, 'ExecStart')
  const denied = filter.join(',')
  // Only the program itself is traced with its children; setpriv must still change the user.
  const traced = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${denied}`]
  const inject = ['-e', `inject=${denied}:error=EPERM`]
  const drop = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--clear-groups']
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`]
  const program = command.replaceAll(STATE, home.state).split(' ')
  const child = spawn('setpriv', [...drop, ...user, ...traced, ...inject, ...program], {
    cwd: home.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      ...Object.fromEntries(
        valuesOf(settings, 'Environment').map((line) => line.split(/=(.*)/s).slice(0, 2)),
      ),
      ...home.environment,
      CREDENTIALS_DIRECTORY: credentials,
      NOTIFY_SOCKET: notices.path,
      WATCHDOG_USEC: '1000000',
    },
  })
  let [ready, said] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    ready += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  let code: number | null | undefined
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (own) => {
      code = own
      resolve(own)
    })
  })
  await until(
    'READY=1',
    () => {
      expect(code === undefined, `the service ended with ${code}: ${said}`)
      return ready.includes('\n') && notices.has('READY=1')
    },
    120,
  )
  const { url } = JSON.parse(ready) as { url: string }
  const pid = Number(readFileSync(join(home.state, 'serve.pid'), 'utf8'))
  return { process: child, pid, url, said: () => said, ended }
}

/** The system calls that the lines `SystemCallFilter` refuse, for strace. */
function readFilter(settings: readonly Setting[]): readonly string[] {
  const allowed = new Set<string>()
  for (const line of valuesOf(settings, 'SystemCallFilter')) {
    const names = line.replace(/^~/, '').split(' ').flatMap(expandSet)
    for (const name of names) {
      if (line.startsWith('~')) allowed.delete(name)
      else allowed.add(name)
    }
  }
  const known = ['@known'].flatMap(expandSet)
  // strace needs these to start the program.
  const needed = new Set(['execve', 'exit', 'exit_group', 'rt_sigreturn', 'restart_syscall'])
  return known.filter((name) => !allowed.has(name) && !needed.has(name)).map((name) => `?${name}`)
}

function expandSet(name: string): readonly string[] {
  if (!name.startsWith('@')) return [name]
  const text = execFileSync('systemd-analyze', ['syscall-filter', name]).toString()
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap(expandSet)
}
