/**
 * Writes src/contract/openapi/openapi.json from the table of endpoints, the schemas that check requests and
 * the descriptions in src/contract/openapi, so that the Worker can serve it without the generator. A
 * test compares the two. Run this after a change to any of them: `node scripts/openapi.ts`.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeApi } from './openapi/describe-api.ts'

const root = join(import.meta.dirname, '..')
const target = join(root, 'src/contract/openapi/openapi.json')

writeFileSync(target, JSON.stringify(await describeApi(), null, 2))
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', target], {
  stdio: 'inherit',
})
