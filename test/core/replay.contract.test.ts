import { describeReplay } from '../contracts/replay.ts'
import { createMemoryReplay } from '../support/memory-replay.ts'

describeReplay('used tokens in memory', createMemoryReplay)
