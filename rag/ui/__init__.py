"""The web chat.  Home of gradio.

Gradio reads these settings when it is imported: nothing may be sent or fetched.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["GRADIO_SHARE"] = "False"
