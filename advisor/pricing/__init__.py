"""What a plan uses and a Region's prices in, what an option costs in a month out.

``monthly.cost`` is a pure function from the mapping below and a price snapshot to a ``Cost``. Keys
that end in ``_low`` and ``_high`` bound one quantity; the same key without the ending states it.
Numbers are int, Decimal, decimal text, or float for what was modelled. A quantity that is absent or
``None`` may be anything from zero up, so that its cost has no upper end.

=======================  ==========================================================================
key                      meaning
=======================  ==========================================================================
requests                 requests a month (not for batch transform)
bytes_in, bytes_out      bytes on the wire of one request and of its response
instance_type            ml.m5.xlarge (all but serverless)
count                    instances in service; batch transform: instances of one job
instance_hours           instance hours a month, summed over the fleet; when absent, what
                         ``fleet_hours`` makes of a fleet that scales, else 730 h x count
minimum, maximum         bounds of a fleet that scales, and what its hours follow from:
                         rate and rate_of_one (requests per second at the peak, and for one
                         instance), or at zero when idle processing_s, workers, linger_s, wake_s
endpoints                endpoints of the same kind, one for each model; 1 when absent
active_share             share of the month with traffic, 0 to 1; 1 when absent
volume_gb                size of the storage volume that the plan asks for, on each instance
memory_mb                serverless: memory size
seconds                  serverless: billed seconds of one request
provisioned              serverless: provisioned concurrency; 0 when absent
provisioned_hours        hours a month it is provisioned; 730 when absent
provisioned_share        share of the busy seconds that provisioned concurrency serves, 0 to 1;
                         when absent, that of Poisson arrivals in the active share of the month
job_hours                batch transform: hours that one job runs
runs                     batch transform: jobs a month
assumed                  quantity -> fact of the workload file, where the quantity follows from what
                         is assumed, since nothing stated bounds the fact
origins                  quantity -> fact of the workload file that decides it, where it is another
                         than usual (``monthly``): {"count": "traffic.concurrent"}
=======================  ==========================================================================
"""
