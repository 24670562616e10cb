/**
 * A fake npm without a registry. It does not run scripts: it only checks that scripts and packages
 * exist.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const manifest = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../../package.json'), 'utf8'),
) as {
  readonly name: string
  readonly scripts: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

const [command = '', ...rest] = process.argv.slice(2)
if (!isKnown()) {
  process.stderr.write(`npm: this repository has no "${[command, ...rest].join(' ')}"\n`)
  process.exitCode = 1
}

function isKnown(): boolean {
  if (command === 'ci') return rest.length === 0
  if (command === 'test') return manifest.scripts.test !== undefined
  if (command === 'run') return Object.hasOwn(manifest.scripts, rest[0] ?? '')
  if (command === 'publish') return isLoggedIn()
  if (command === 'install' || command === 'i') {
    const packages = rest.filter((arg) => !['-D', '--save-dev', '-g', '--global'].includes(arg))
    return packages.length > 0 ? packages.every(isPublished) : existsSync('package.json')
  }
  return false
}

/** Returns whether the line in .npmrc names a variable that contains a token. */
function isLoggedIn(): boolean {
  const settings = existsSync('.npmrc') ? readFileSync('.npmrc', 'utf8') : ''
  const [, variable = ''] = /:_authToken=\$\{(\w+)\}$/m.exec(settings) ?? []
  return (process.env[variable] ?? '').split('.').length === 3
}

/** Returns whether the package is this one or a development dependency in the same version. */
function isPublished(spec: string): boolean {
  const at = spec.indexOf('@', 1)
  const [name, version] = at < 0 ? [spec] : [spec.slice(0, at), spec.slice(at + 1)]
  if (name === manifest.name) return true
  return version !== undefined && manifest.devDependencies[name ?? ''] === version
}
