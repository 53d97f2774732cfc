import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MemoryWatch } from '../../../src/studio/memory-watch.ts';

const skip = process.platform === 'linux' ? false : 'other systems show only the process itself';

test('memory of this process and of what it started is added up, and the peak stays', { skip }, async () => {
  const watch = new MemoryWatch();
  const aloneBytes = watch.peakBytes;
  assert.ok(aloneBytes > process.memoryUsage.rss() / 2);
  const hold =
    'const held = Buffer.alloc(150e6, 1); process.stdout.write("held"); setInterval(() => held.length, 1000)';
  const child = spawn(process.execPath, ['-e', hold], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const withChild = watch.peakBytes;
  child.kill('SIGKILL');
  await once(child, 'exit');
  watch.close();
  assert.ok(withChild > aloneBytes + 140e6, `${withChild - aloneBytes} bytes more with a child of 150 MB`);
  assert.ok(watch.peakBytes >= withChild);
});
