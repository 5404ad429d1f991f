"""The product's settings, in a workspace that exists only while the tests run."""

import atexit
import os
import shutil
import tempfile

for name in [name for name in os.environ if name.startswith("STUDIO_")]:
    del os.environ[name]
os.environ["STUDIO_WORKSPACE"] = tempfile.mkdtemp(prefix="llm-logs-tests-")
# Processes that tests start run the product's settings, in workspaces the tests name.
os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
atexit.register(shutil.rmtree, os.environ["STUDIO_WORKSPACE"], ignore_errors=True)

from studio.settings import *  # noqa: E402, F403  (the environment has to be set before)
