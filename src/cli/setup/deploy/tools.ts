/** The tools that a deployment needs on this machine: Node for wrangler, and wrangler in the folder. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { usageFailure } from '../../shell/failure.ts'

/** wrangler 4 refuses older ones. Other commands of edgemint run with Node 20. */
const WRANGLER_NODE = 22

/** Throws a usage failure. `version`: of the Node that runs wrangler. */
export function requireWrangler(folder: string, version: string = process.versions.node): void {
  if (Number(version.split('.')[0]) < WRANGLER_NODE) {
    throw usageFailure(`wrangler needs Node ${WRANGLER_NODE} or later, and this is Node ${version}`)
  }
  for (const name of ['wrangler', 'edgemint']) {
    if (existsSync(join(folder, 'node_modules', name, 'package.json'))) continue
    throw usageFailure(
      `${name} is not installed in ${folder === '.' ? 'this directory' : folder}`,
      'npm install',
    )
  }
}
