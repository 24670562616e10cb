#!/usr/bin/env node
/**
 * `docker-credential-edgemint`: the program that docker looks for by name. It runs
 * `edgemint credential docker` with all settings from the environment.
 */
import { EXIT_CODES } from '../shell/exit-codes.ts'
import { withIo } from '../shell/io.ts'
import { print } from '../shell/output.ts'
import { reportCrash } from '../shell/program/crash.ts'
import { runAsProgram } from '../shell/program/run-as-program.ts'
import { run } from './commands/credential-docker.ts'

// Docker recognises 1 alone, and shows stdout.
runAsProgram(
  (args, io) => withIo(io, () => run(args)),
  (error) => {
    reportCrash(error)
    print('edgemint: unexpected failure')
    return EXIT_CODES.refused
  },
)
