/** The built command line, with ports of the test where the docs leave them to the default. */
import { join } from 'node:path'
import { runNode } from './run-program.ts'
import { startServer } from './start-server.ts'

const CLI = join(import.meta.dirname, '../../../../../dist/cli/shell/main.js')

/** Commands that run until they are stopped. */
const SERVERS: Readonly<Record<string, () => readonly string[]>> = {
  serve: () => ['--port', process.env.DOCS_SERVE_PORT ?? ''],
  'dev-issuer': () => ['--port', process.env.DOCS_DEV_ISSUER_PORT ?? ''],
  proxy: () => [],
}

const [command = '', ...rest] = process.argv.slice(2)
const server = SERVERS[command]
if (server === undefined || rest.includes('--help')) {
  await runNode([CLI, command, ...rest])
} else {
  const args = rest.includes('--port') ? rest : [...rest, ...server()]
  await startServer(command, [CLI, command, ...args])
}
