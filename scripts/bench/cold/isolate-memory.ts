/** Reads the memory of one isolate over the inspector protocol. */
import { connectInspector } from '../inspector.ts'

export type IsolateMemory = {
  /** Of the heap, with objects that the collector has not freed yet. */
  readonly heapMebibytes: number
  /** The bytes of array buffers, which are outside of the heap. */
  readonly bufferMebibytes: number
}

export async function readIsolateMemory(host: string, worker: string): Promise<IsolateMemory> {
  const inspector = await connectInspector(host, worker)
  try {
    const usage = await inspector.call('Runtime.getHeapUsage')
    const { usedSize, backingStorageSize } = usage as {
      readonly usedSize: number
      readonly backingStorageSize: number
    }
    return { heapMebibytes: usedSize / 2 ** 20, bufferMebibytes: backingStorageSize / 2 ** 20 }
  } finally {
    inspector.close()
  }
}
