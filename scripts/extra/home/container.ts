/**
 * `deploy/Containerfile` and the commands of the page for a machine. The image is built where a
 * builder works. Otherwise its steps run in an empty root: a directory that has only the programs of
 * this machine, read-only, and the Node of this repository. It is not Debian's image, but every
 * instruction of the file is executed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Block, readBlocks } from '../../../test/conformance/support/docs/pages.ts'
import { makeSigningKey } from '../../../test/support/canary/keys.ts'
import { makeSelfSigned } from '../../../test/support/self-signed.ts'
import { findTool } from '../proxies.ts'
import { expect, NotHere, type Step } from './check.ts'
import { ISSUER } from './world.ts'

const REPOSITORY = join(import.meta.dirname, '../../..')
const FOLDER = join(REPOSITORY, 'deploy')
const PAGE = 'docs/production-self-hosted.md'
const USER = 1000
const NODE_USER = `node:x:${USER}:${USER}::/home/node:/bin/sh`

export const CONTAINER: readonly Step[] = [
  { name: 'the container, by a builder', run: buildImage },
  { name: 'the container, in an empty root', run: runInRoot },
  { name: 'the commands of the page', run: runPage },
]

function buildImage(): Promise<string> {
  const builder = ['podman', 'docker'].find(
    (tool) => findTool(tool) && spawnSync(tool, ['info'], { stdio: 'ignore' }).status === 0,
  )
  if (builder === undefined) throw new NotHere('neither podman nor docker works')
  const pulled = spawnSync(builder, ['pull', 'docker.io/library/node:24-slim'], { stdio: 'ignore' })
  if (pulled.status !== 0) throw new NotHere('the image of Node cannot be pulled')
  execFileSync(builder, ['build', '-t', 'edgemint-check', FOLDER], { stdio: 'pipe' })
  return Promise.resolve(`built by ${builder}`)
}

/** Instructions with their continued lines joined, without comments. */
function readContainerfile(): readonly (readonly [instruction: string, rest: string])[] {
  const text = readFileSync(join(FOLDER, 'Containerfile'), 'utf8')
  return text
    .replace(/^#.*\n/gm, '')
    .replace(/ \\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const)
}

type Root = { readonly path: string; readonly archive: string }

function makeRoot(scratch: string, name: string): Root {
  if (process.getuid?.() !== 0) throw new NotHere('only root can make a root')
  for (const tool of ['unshare', 'chroot', 'npm']) {
    if (!findTool(tool)) throw new NotHere(`${tool} is not installed`)
  }
  const path = join(scratch, name)
  for (const folder of [
    'proc',
    'dev',
    'tmp',
    'etc/ssl/certs',
    'run/ca',
    'opt',
    'run',
    'var/lib',
    'home/node',
    'root',
    '.node',
  ]) {
    mkdirSync(join(path, folder), { recursive: true })
  }
  for (const system of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr']) {
    if (!existsSync(`/${system}`)) continue
    if (lstatSync(`/${system}`).isSymbolicLink())
      symlinkSync(readlinkSync(`/${system}`), join(path, system))
    else mkdirSync(join(path, system))
  }
  cpSync(process.execPath, join(path, '.node/node'))
  writeFileSync(join(path, 'etc/passwd'), `root:x:0:0:root:/root:/bin/sh\n${NODE_USER}\n`)
  writeFileSync(join(path, 'etc/group'), `root:x:0:\nnode:x:${USER}:\n`)
  writeFileSync(join(path, 'etc/shadow'), 'root:*:1::::::\nnode:*:1::::::\n', { mode: 0o600 })
  writeFileSync(join(path, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  for (const file of ['resolv.conf', 'hosts', 'login.defs']) {
    if (existsSync(`/etc/${file}`))
      cpSync(`/etc/${file}`, join(path, 'etc', file), { dereference: true })
  }
  const packed = ['pack', '--ignore-scripts', '--json', '--pack-destination', path]
  const output = execFileSync('npm', packed, {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ filename }] = JSON.parse(output.toString()) as [{ filename: string }]
  return { path, archive: `/${filename}` }
}

/** The mounts of a command. Without a network, it has only loopback. */
const ENTER = `set -e
root=$1 user=$2 writable=$3
shift 3
mount --make-rprivate /
mount --rbind /dev $root/dev
mount --bind /etc/ssl $root/run/ca
for system in usr bin sbin lib lib32 lib64 libx32; do
  if [ -d $root/$system ] && [ ! -L $root/$system ]; then
    mount --bind /$system $root/$system
    mount -o remount,bind,ro $root/$system
  fi
done
mount --bind $root/.node $root/usr/local/bin
mount -t tmpfs tmpfs $root/tmp
chmod 1777 $root/tmp
mount -t proc proc $root/proc
ip link set lo up 2>/dev/null || true
if [ "$writable" != all ]; then
  mount --bind $root $root
  mount --bind $root/$writable $root/$writable
  mount -o remount,bind,ro $root
  mount -t tmpfs tmpfs $root/tmp
  chmod 1777 $root/tmp
  mount --rbind /dev $root/dev
  mount -t proc proc $root/proc
  for system in usr bin sbin lib lib32 lib64 libx32; do
    if [ -d $root/$system ] && [ ! -L $root/$system ]; then mount --bind /$system $root/$system; fi
  done
  mount --bind $root/.node $root/usr/local/bin
fi
exec setpriv --no-new-privs chroot --userspec=$user:$user --groups= $root "$@"`

type RunOptions = {
  readonly environment?: Readonly<Record<string, string>>
  readonly user?: number
  readonly hasNetwork?: boolean
  /** The only folder that can be written to. All of the root by default. */
  readonly writable?: string
}

function runIn({ path }: Root, script: string, options: RunOptions = {}): string {
  const { environment = {}, user = 0, hasNetwork = false, writable = 'all' } = options
  const spaces = ['--mount', '--pid', '--fork', '--kill-child', ...(hasNetwork ? [] : ['--net'])]
  const command = ['sh', '-c', ENTER, 'sh', path, String(user), writable, '/bin/sh', '-ec', script]
  const { status, stdout, stderr } = spawnSync('unshare', [...spaces, ...command], {
    env: {
      PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/tmp',
      ...proxies(),
      ...(hasNetwork ? REGISTRY_AUTHORITIES : {}),
      ...environment,
    },
    timeout: 300_000,
  })
  const said = `${stdout}${stderr}`
  expect(status === 0, `${script.slice(0, 200)}\nended with ${status}: ${said.slice(-2000)}`)
  return said
}

/** The authorities of this machine, for the registry. */
const REGISTRY_AUTHORITIES = {
  NODE_EXTRA_CA_CERTS: '/run/ca/certs/ca-certificates.crt',
  npm_config_cafile: '/run/ca/certs/ca-certificates.crt',
}

/** How this machine reaches the registry. */
function proxies(): Readonly<Record<string, string>> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
  const found = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

/** A server in the background, its probe until it succeeds, and its end by SIGTERM. */
function serveAndProbe(server: string, probe: string): string {
  return `${server} > /tmp/out 2> /tmp/log & pid=$!
tries=0
until ${probe}; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ] || ! kill -0 $pid; then cat /tmp/out /tmp/log; exit 1; fi
  sleep 0.2
done
kill -TERM $pid
wait $pid
tail -n 1 /tmp/log
`
}

async function runInRoot(scratch: string): Promise<string> {
  const root = makeRoot(scratch, 'container')
  const environment: Record<string, string> = {}
  let [folder, user, probe] = ['/', 0, '']
  let [entry, rest]: readonly string[][] = [[], []]
  for (const [instruction, text] of readContainerfile()) {
    const quoted = (words: readonly string[]) =>
      words.map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    if (instruction === 'ARG' || instruction === 'ENV') {
      const [name = '', value = ''] = text.split(/=(.*)/s)
      environment[name] = name === 'EDGEMINT' ? root.archive : value
    } else if (instruction === 'WORKDIR') {
      folder = text
      mkdirSync(join(root.path, text), { recursive: true })
    } else if (instruction === 'USER') user = USER
    else if (instruction === 'RUN') {
      runIn(root, `cd ${folder}; ${text}`, { environment, user, hasNetwork: true })
    } else if (instruction === 'ENTRYPOINT') entry = quoted(JSON.parse(text) as string[])
    else if (instruction === 'CMD') rest = quoted(JSON.parse(text) as string[])
    else if (instruction === 'HEALTHCHECK') {
      const [, command = '[]'] = / CMD (.*)$/.exec(text) ?? []
      probe = quoted(JSON.parse(command) as string[]).join(' ')
    } else {
      expect(['FROM', 'VOLUME', 'EXPOSE', 'STOPSIGNAL'].includes(instruction), instruction)
    }
  }
  const keys = join(root.path, 'run/keys')
  mkdirSync(keys)
  writeFileSync(join(keys, 'SIGNING_KEY_A'), await makeSigningKey(), { mode: 0o600 })
  execFileSync('chown', ['-R', `${USER}:${USER}`, keys])
  chmodSync(scratch, 0o755)
  const flags = [
    '--issuer',
    ISSUER,
    '--behind-proxy',
    '127.0.0.1',
    '--signing-key-file',
    '/run/keys',
  ]
  const server = [...(entry ?? []), ...(rest ?? []), ...flags].join(' ')
  const script = `touch /opt/x 2>/dev/null && exit 9
${serveAndProbe(server, probe)}`
  const said = runIn(root, script, { environment, user, writable: 'var/lib/edgemint' })
  expect(said.includes('"event":"stopped"'), said)
  return 'built, healthy on a read-only root without privileges, and stopped'
}

/** Runs the blocks of the page that need no systemd and no builder, in their order. */
async function runPage(scratch: string): Promise<string> {
  const root = makeRoot(scratch, 'machine')
  const authorities = 'etc/ssl/certs/ca-certificates.crt'
  cpSync(`/${authorities}`, join(root.path, authorities), { dereference: true })
  const blocks = readBlocks(PAGE).filter(({ language }) => language === 'sh')
  const find = (begins: string): Block => {
    const block = blocks.find(({ code }) => code.startsWith(begins))
    if (block === undefined) throw new Error(`the page has no block ${begins}`)
    return block
  }
  const install = find('useradd ').code.replace(/edgemint@\S+/, `edgemint@${root.archive}`)
  runIn(root, install, { hasNetwork: true })
  runIn(root, find('(umask 077').code)
  const copy = find('cp /opt/edgemint').code.split('\n')[0] ?? ''
  mkdirSync(join(root.path, 'etc/systemd/system'), { recursive: true })
  runIn(root, copy)
  const { certificate, privateKey } = makeSelfSigned('sts.example.com')
  mkdirSync(join(root.path, 'etc/edgemint/tls'))
  writeFileSync(join(root.path, 'etc/edgemint/tls/fullchain.pem'), certificate)
  writeFileSync(join(root.path, 'etc/edgemint/tls/privkey.pem'), privateKey, { mode: 0o600 })
  const servers = blocks.filter(({ code }) => code.startsWith('edgemint serve --production'))
  expect(servers.length === 2, `the page has ${servers.length} servers`)
  for (const { code } of servers) {
    const url = code.includes('--tls-cert') ? 'https://127.0.0.1' : 'http://127.0.0.1:8787'
    const server = code.trim().replace(/^edgemint/, '/opt/edgemint/node_modules/.bin/edgemint')
    const probe = `curl --silent --insecure --fail ${url}/ready`
    const said = runIn(root, serveAndProbe(server, probe))
    expect(said.includes('"event":"stopped"'), said)
  }
  return 'installed, with a key, behind a proxy and with its own certificate'
}
