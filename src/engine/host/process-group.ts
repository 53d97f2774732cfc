import { spawnSync } from 'node:child_process';

/**
 * Kills a process and everything it started. On POSIX the engine process leads a process group of its own, in which
 * its ffmpeg children live; Windows has a command for the tree.
 * @returns false when nothing of the group was left.
 */
export function killGroup(leaderPid: number): boolean {
  if (process.platform === 'win32') {
    return spawnSync('taskkill', ['/pid', String(leaderPid), '/T', '/F'], { windowsHide: true }).status === 0;
  }
  try {
    process.kill(-leaderPid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
