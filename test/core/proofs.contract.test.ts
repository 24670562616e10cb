import { describeProofs } from '../contracts/proofs.ts'
import { createMemoryLedger } from '../support/memory-replay.ts'

describeProofs('proofs in memory', createMemoryLedger)
