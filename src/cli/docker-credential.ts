#!/usr/bin/env node
/**
 * `docker-credential-edgemint`: the name under which docker looks for a helper. It is
 * `edgemint credential docker` with the settings of the environment.
 */
import { run } from './commands/credential-docker.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { print } from './output.ts'

run(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode
  },
  () => {
    print('edgemint: unexpected failure')
    process.exitCode = EXIT_CODES.refused
  },
)
