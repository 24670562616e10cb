/**
 * Runs a server of the built command line, with ports of the test in place of the default ports.
 */
import { join } from 'node:path'
import { startServer } from './start-server.ts'

const CLI = join(import.meta.dirname, '../../../../../dist/cli/shell/main.js')

const PORTS: Readonly<Record<string, string | undefined>> = {
  serve: process.env.DOCS_SERVE_PORT,
  'dev-issuer': process.env.DOCS_DEV_ISSUER_PORT,
}

const [command = '', ...rest] = process.argv.slice(2)
const port = rest.includes('--port') ? undefined : PORTS[command]
await startServer(command, [CLI, command, ...rest, ...(port === undefined ? [] : ['--port', port])])
