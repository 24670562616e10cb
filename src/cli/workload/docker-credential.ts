#!/usr/bin/env node
/**
 * `docker-credential-edgemint`: the program that docker looks for by name. It runs
 * `edgemint credential docker` with all settings from the environment.
 */
import { EXIT_CODES } from '../shell/exit-codes.ts'
import { print } from '../shell/output.ts'
import { run } from './commands/credential-docker.ts'

run(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode
  },
  () => {
    print('edgemint: unexpected failure')
    process.exitCode = EXIT_CODES.refused
  },
)
