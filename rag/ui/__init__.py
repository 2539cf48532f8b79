"""The parts of the web chat.  Together with ``app.py`` the home of gradio.

Gradio reads these settings when it is imported: nothing may be sent or fetched.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["GRADIO_SHARE"] = "False"
