/** A small jq with the one call of the docs: `jq -r .member`. */
import { argv, stdin } from 'node:process'
import { text } from 'node:stream/consumers'

const [flag, path = ''] = argv.slice(2)
const member = /^\.(\w+)$/.exec(path)?.[1]
if (flag !== '-r' || member === undefined) {
  process.stderr.write(`jq: unsupported call: ${path}\n`)
  process.exit(2)
}
const value = (JSON.parse(await text(stdin)) as Readonly<Record<string, unknown>>)[member]
process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value ?? null)}\n`)
