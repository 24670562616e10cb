/**
 * Bundles a floor exactly as the Worker of the gateway is bundled: by wrangler, minified, with the
 * esbuild options that `wrangler.toml` sets. Otherwise the options would be a part of the difference.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type FloorName = 'jose' | 'bare'

/** Settings of the bundler in `wrangler.toml`, above its first table. */
const SHARED = ['compatibility_date', 'compatibility_flags', 'keep_names'] as const

const root = join(import.meta.dirname, '../../..')

/** The text of the module. */
export function buildFloor(name: FloorName, scratch: string): string {
  const folder = join(scratch, `floor-${name}`)
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'wrangler.json')
  const main = join(import.meta.dirname, `${name}.ts`)
  writeFileSync(config, JSON.stringify({ name: `floor-${name}`, main, ...readShared() }))
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
  const args = ['deploy', '--dry-run', '--minify', '--config', config, '--outdir', folder]
  execFileSync(process.execPath, [wrangler, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' },
  })
  return readFileSync(join(folder, `${name}.js`), 'utf8')
}

function readShared(): Record<string, unknown> {
  const text = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const top = text.slice(0, text.search(/^\[/m))
  return Object.fromEntries(
    SHARED.map((key) => {
      // Dates, booleans and lists of strings are written alike in TOML and in JSON.
      const value = new RegExp(`^${key} = (.+)$`, 'm').exec(top)?.[1]
      if (value === undefined) throw new Error(`wrangler.toml does not set ${key}`)
      return [key, JSON.parse(value)]
    }),
  )
}
