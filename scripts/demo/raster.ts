/** Which triangle is seen at each sample, and how far away it is. */
export interface RasterTarget {
  readonly width: number;
  readonly height: number;
  /** Depth per sample, smaller is nearer; Infinity where nothing is. */
  readonly depth: Float32Array;
  /** Triangle number per sample, −1 where nothing is. */
  readonly owner: Int32Array;
}

/** A fresh, empty target. */
export function createTarget(width: number, height: number): RasterTarget {
  const target: RasterTarget = {
    width,
    height,
    depth: new Float32Array(width * height),
    owner: new Int32Array(width * height),
  };
  clearTarget(target);
  return target;
}

/** Empties a target for the next frame. */
export function clearTarget(target: RasterTarget): void {
  target.depth.fill(Infinity);
  target.owner.fill(-1);
}

/**
 * Draws triangles into the z-buffer. `screen` holds x, y (samples, y down) and depth per vertex; owners are numbered
 * from `firstOwner`. Triangles that run clockwise on screen face away and are skipped unless `bothSides`.
 */
export function drawTriangles(
  target: RasterTarget,
  mesh: { readonly screen: Float32Array; readonly triangles: Uint32Array },
  options: { readonly firstOwner: number; readonly bothSides: boolean },
): void {
  const { width, height, depth, owner } = target;
  const { screen, triangles } = mesh;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = triangles[t] * 3;
    let b = triangles[t + 1] * 3;
    let c = triangles[t + 2] * 3;
    const ax = screen[a];
    const ay = screen[a + 1];
    let area = (screen[b] - ax) * (screen[c + 1] - ay) - (screen[b + 1] - ay) * (screen[c] - ax);
    if (area > 0) {
      if (!options.bothSides) continue;
      [b, c] = [c, b];
      area = -area;
    }
    if (area > -1e-9) continue;
    const bx = screen[b];
    const by = screen[b + 1];
    const cx = screen[c];
    const cy = screen[c + 1];
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
    const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    if (x0 > x1 || y0 > y1) continue;
    const inverse = 1 / area;
    const za = screen[a + 2];
    const zb = screen[b + 2] - za;
    const zc = screen[c + 2] - za;
    const stepB = (cy - ay) * inverse;
    const stepC = -(by - ay) * inverse;
    for (let y = y0; y <= y1; y++) {
      const py = y + 0.5 - ay;
      const px = x0 + 0.5 - ax;
      let wb = (px * (cy - ay) - py * (cx - ax)) * inverse;
      let wc = (py * (bx - ax) - px * (by - ay)) * inverse;
      let i = y * width + x0;
      for (let x = x0; x <= x1; x++, i++, wb += stepB, wc += stepC) {
        if (wb < 0 || wc < 0 || wb + wc > 1) continue;
        const z = za + wb * zb + wc * zc;
        if (z < depth[i]) {
          depth[i] = z;
          owner[i] = options.firstOwner + t / 3;
        }
      }
    }
  }
}

/** Normals per vertex, weighted by the area of the triangles around it. Triangles run counter-clockwise seen from outside. */
export function vertexNormals(positions: Float32Array, triangles: Uint32Array, out: Float32Array): void {
  out.fill(0);
  for (let t = 0; t < triangles.length; t += 3) {
    const a = triangles[t] * 3;
    const b = triangles[t + 1] * 3;
    const c = triangles[t + 2] * 3;
    const ux = positions[b] - positions[a];
    const uy = positions[b + 1] - positions[a + 1];
    const uz = positions[b + 2] - positions[a + 2];
    const vx = positions[c] - positions[a];
    const vy = positions[c + 1] - positions[a + 1];
    const vz = positions[c + 2] - positions[a + 2];
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    out[a] += nx;
    out[a + 1] += ny;
    out[a + 2] += nz;
    out[b] += nx;
    out[b + 1] += ny;
    out[b + 2] += nz;
    out[c] += nx;
    out[c + 1] += ny;
    out[c + 2] += nz;
  }
  for (let i = 0; i < out.length; i += 3) {
    const length = Math.sqrt(out[i] * out[i] + out[i + 1] * out[i + 1] + out[i + 2] * out[i + 2]) || 1;
    out[i] /= length;
    out[i + 1] /= length;
    out[i + 2] /= length;
  }
}
