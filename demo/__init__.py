"""`make demo`: a Studio with a small network of lifelike agents. Nothing leaves this machine.

cast        who the agents are and what they might do (material and imagination)
scene       one errand of one agent as a script; calls: the requests that follow from it
history     two days of such calls, written into a new workspace through the SDK
live        the same agents at work, through the real client libraries
modelserver the providers, on loopback
stage       the workspace, the Studio as a child, the beginning and the end
"""
