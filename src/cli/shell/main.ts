#!/usr/bin/env node
/** The `edgemint` program: runs the command line in this process. */
import { runAsProgram } from './program/run-as-program.ts'
import { run } from './run.ts'

runAsProgram(run)
