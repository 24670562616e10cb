/**
 * Completes the build after `tsc -b`. Removes output whose source no longer exists, writes the static
 * assets with the console, bundles the Worker with its notices, and makes the programs executable.
 * Fails when the bundle exceeds its size limit.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { completeOpenApi } from '../src/contract/openapi/complete.ts'
import openApi from '../src/contract/openapi/openapi.json' with { type: 'json' }
import trustSchema from '../src/contract/trust-schema/trust.schema.json' with { type: 'json' }
import { buildConsole } from './build-console.ts'
import { type Metafile, renderNotices } from './notices.ts'

/** The start-up time on the platform grows with the bundle: see docs/architecture.md. */
const MAX_BUNDLE_BYTES = 176 * 1024

const root = join(import.meta.dirname, '..')
/** What the Worker serves without having it in its bundle: the binding `ASSETS`. */
const assets = join(root, 'dist/assets')

removeOrphans()
rmSync(assets, { recursive: true, force: true })
mkdirSync(assets, { recursive: true })
writeSchema()
writeOpenApi()
await buildConsole(root)
bundleWorker()
for (const program of ['shell/main', 'workload/docker-credential']) {
  chmodSync(join(root, `dist/cli/${program}.js`), 0o755)
}

function removeOrphans(): void {
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    // The compiler only checks the console. Its files are bundled.
    .filter((entry) => entry.name !== 'console')
    .map(({ name }) => name)
  for (const room of rooms) {
    for (const path of readdirSync(join(root, 'dist', room), {
      recursive: true,
      encoding: 'utf8',
    })) {
      const stem = path.replace(/(\.d\.ts|\.js)$/, '')
      const sources = [path, `${stem}.ts`, `${stem}.tsx`].map((name) =>
        join(root, 'src', room, name),
      )
      if (!sources.some((source) => existsSync(source))) {
        rmSync(join(root, 'dist', room, path), { recursive: true, force: true })
      }
    }
  }
}

function writeSchema(): void {
  const schema = `${JSON.stringify(trustSchema, null, 2)}\n`
  writeFileSync(join(root, 'dist/trust.schema.json'), schema)
  writeFileSync(join(assets, 'trust.schema.json'), JSON.stringify(trustSchema))
}

/**
 * The document that a gateway serves, with a variable for its issuer URL. A gateway puts its own
 * URL there.
 */
function writeOpenApi(): void {
  const variables = { issuer: { default: 'https://sts.example.com' } }
  const document = completeOpenApi(openApi, trustSchema, { url: '{issuer}', variables })
  writeFileSync(join(root, 'dist/openapi.json'), `${JSON.stringify(document)}\n`)
  writeFileSync(join(assets, 'openapi.json'), JSON.stringify(document))
}

function bundleWorker(): void {
  const outdir = join(root, 'dist/bundle')
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
  const account = join(outdir, 'meta.json')
  const args = ['deploy', '--dry-run', '--minify', '--outdir', outdir, '--metafile', account]
  try {
    execFileSync(process.execPath, [wrangler, ...args], {
      cwd: root,
      stdio: 'pipe',
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' },
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer }
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
    throw error
  }
  const metafile = JSON.parse(readFileSync(account, 'utf8')) as Metafile
  rmSync(account)
  writeFileSync(
    join(outdir, 'THIRD_PARTY_NOTICES.txt'),
    renderNotices('The Worker, index.js,', metafile, root),
  )
  const bundle = readFileSync(join(outdir, 'index.js'))
  const compressed = gzipSync(bundle, { level: 9 }).byteLength
  const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1)
  process.stderr.write(
    `worker bundle: ${kilobytes(compressed)} KB compressed, ${kilobytes(bundle.byteLength)} KB plain\n`,
  )
  if (compressed > MAX_BUNDLE_BYTES) {
    throw new Error(`the worker bundle is larger than ${kilobytes(MAX_BUNDLE_BYTES)} KB compressed`)
  }
}
