// How far two places are from each other, worked out on a phone. `distances.py` is its twin.

const MAJOR_M = 6378137.0;
const FLATTENING = 1 / 298.257223563;
export const SPHERE_M = 6371008.771415059;

const radians = (degrees) => (degrees * Math.PI) / 180;

// Metres between two places on the spheroid of WGS 84, by Vincenty's inverse formula (1975): good to a tenth of a
// millimetre, for places that do not lie on opposite sides of the earth.
export function distanceM(lat, lon, otherLat, otherLon) {
  const minorM = (1 - FLATTENING) * MAJOR_M;
  const apart = radians(turned(otherLon - lon));
  const [sin1, cos1] = reduced(lat);
  const [sin2, cos2] = reduced(otherLat);
  let angle = apart;
  let sinS, cosS, sigma, cosA2, cosM;
  for (let turn = 0; turn < 50; turn++) {
    const sinL = Math.sin(angle);
    const cosL = Math.cos(angle);
    sinS = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinS === 0) return 0;
    cosS = sin1 * sin2 + cos1 * cos2 * cosL;
    sigma = Math.atan2(sinS, cosS);
    const sinA = (cos1 * cos2 * sinL) / sinS;
    cosA2 = 1 - sinA * sinA;
    cosM = cosA2 > 0 ? cosS - (2 * sin1 * sin2) / cosA2 : 0;
    const c = (FLATTENING / 16) * cosA2 * (4 + FLATTENING * (4 - 3 * cosA2));
    const before = angle;
    angle = apart + (1 - c) * FLATTENING * sinA * (sigma + c * sinS * (cosM + c * cosS * (2 * cosM * cosM - 1)));
    if (Math.abs(angle - before) < 1e-13) break;
  }
  const u2 = (cosA2 * (MAJOR_M ** 2 - minorM ** 2)) / minorM ** 2;
  const a = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  const outer = (b / 6) * cosM * (4 * sinS * sinS - 3) * (4 * cosM * cosM - 3);
  const inner = cosM + (b / 4) * (cosS * (2 * cosM * cosM - 1) - outer);
  return minorM * a * (sigma - b * sinS * inner);
}

// The angle between two places on the sphere, in radians.
export function angleBetween(lat, lon, otherLat, otherLon) {
  const up = radians(otherLat - lat);
  const across = radians(otherLon - lon);
  const half =
    Math.sin(up / 2) ** 2 + Math.cos(radians(lat)) * Math.cos(radians(otherLat)) * Math.sin(across / 2) ** 2;
  return 2 * Math.atan2(Math.sqrt(half), Math.sqrt(Math.max(1 - half, 0)));
}

// Sine and cosine of the reduced latitude.
function reduced(lat) {
  const angle = Math.atan((1 - FLATTENING) * Math.tan(radians(lat)));
  return [Math.sin(angle), Math.cos(angle)];
}

// The same turn, at most half way round: across the antimeridian too.
function turned(degrees) {
  return degrees - 360 * Math.floor((degrees + 180) / 360);
}
