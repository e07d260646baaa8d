"""What rights need in the background. Each job returns how many things it touched."""

from app.rights.reminding import find_late, ring, watch

JOBS = (ring, find_late)

WATCHES = {"rights_requests": watch}
