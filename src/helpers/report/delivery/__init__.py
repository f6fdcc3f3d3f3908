"""Every pack reaches its reader: by mail, into a chat, or as files to hand on."""
