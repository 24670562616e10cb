/**
 * Runs `node`. An example runs in its own folder, beside its packages. An example server keeps
 * running, as `start-server.ts` describes.
 */
import { join } from 'node:path'
import { runNode } from './run-program.ts'
import { startServer } from './start-server.ts'

const [file = '', ...rest] = process.argv.slice(2)
const isExample = file.startsWith('examples/')
const args = [isExample ? join(import.meta.dirname, '../../../../..', file) : file, ...rest]
// Servers of one page differ by their port.
const name = `example-${process.env.PORT ?? 'any'}`
if (isExample && /(^|\/)server\.ts$/.test(file)) await startServer(name, args)
else await runNode(args)
